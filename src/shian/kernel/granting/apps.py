from shian.kernel.app import Part, ShianApp


class GrantingConfig(ShianApp):
    name = "shian.kernel.granting"
    label = "granting"
    inbox = ("waiting.waiting",)
    inbox_covers = ("scopes.Grant",)
    roles = (
        Part("admin", ("give.office", "give.member", "give.reader")),
        Part("platform", ("give.*",)),
    )

    def ready(self) -> None:
        from shian.kernel.scopes.bounds import declare

        declare()
