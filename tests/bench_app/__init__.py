"""An installed app that only the tests know: one entity of each shape the kernel serves."""
