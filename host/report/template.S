// Embeds the pages' files in the program: symbols report_NAME and report_NAME_end bound each piece.
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

    // What every page has: its frame, its look, d3, and the scripts that figures of both pages use.
    begin top
    .incbin "host/report/page_top.html"
    end top

    begin bottom
    .incbin "host/report/page_end.html"
    end bottom

    begin css
    .incbin "host/report/page.css"
    .incbin "host/report/probes.css"
    end css

    begin d3
    .incbin MESAGRID_D3_PATH
    end d3

    begin js
    .incbin "host/report/base.js"
    .incbin "host/report/lines.js"
    .incbin "host/report/tracks.js"
    .incbin "host/report/board.js"
    .incbin "host/report/maze.js"
    end js

    // The report of a sweep. Later scripts use what earlier ones define, and main.js starts it all.
    begin sweep_html
    .incbin "host/report/page.html"
    end sweep_html

    begin sweep_js
    .incbin "host/report/sweep.js"
    .incbin "host/report/findings.js"
    .incbin "host/report/heat.js"
    .incbin "host/report/curves.js"
    .incbin "host/report/phases.js"
    .incbin "host/report/demand.js"
    .incbin "host/report/offaxis.js"
    .incbin "host/report/film.js"
    .incbin "host/report/tables.js"
    .incbin "host/report/main.js"
    end sweep_js

    // The page of a probed agent; agent.js starts it.
    begin agent_html
    .incbin "host/report/agent.html"
    end agent_html

    begin agent_js
    .incbin "host/report/verdict.js"
    .incbin "host/report/wave.js"
    .incbin "host/report/edits.js"
    .incbin "host/report/gates.js"
    .incbin "host/report/extras.js"
    .incbin "host/report/agent.js"
    end agent_js

    .section .note.GNU-stack, "", %progbits
