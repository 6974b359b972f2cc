// Embeds the report page's files in the program: symbols report_NAME and report_NAME_end bound each piece.
// Paths are relative to the root (it is on the include path); MESAGRID_D3_PATH is d3.min.js, as a quoted string.

    .macro begin name
    .balign 16
    .global report_\name
report_\name:
    .endm

    .macro end name
    .global report_\name\()_end
report_\name\()_end:
    .byte 0
    .endm

    .section .rodata

    begin html
    .incbin "host/report/page.html"
    end html

    begin css
    .incbin "host/report/page.css"
    end css

    begin d3
    .incbin MESAGRID_D3_PATH
    end d3

    // One script: later files use what earlier ones define, and main.js starts it all.
    begin js
    .incbin "host/report/base.js"
    .incbin "host/report/findings.js"
    .incbin "host/report/lines.js"
    .incbin "host/report/heat.js"
    .incbin "host/report/curves.js"
    .incbin "host/report/demand.js"
    .incbin "host/report/offaxis.js"
    .incbin "host/report/board.js"
    .incbin "host/report/film.js"
    .incbin "host/report/maze.js"
    .incbin "host/report/tables.js"
    .incbin "host/report/main.js"
    end js

    .section .note.GNU-stack, "", %progbits
