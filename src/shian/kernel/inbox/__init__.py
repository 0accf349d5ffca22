"""待办: the landing page. It shows what the installed apps say is waiting."""
