"""An installed app that only the tests know: one entity of each shape the kernel serves."""

from shian.kernel.app import Part, ShianApp


class BenchConfig(ShianApp):
    name = "tests.bench_app"
    label = "bench"
    roles = (Part("admin", ("case.*", "visit.*")),)
