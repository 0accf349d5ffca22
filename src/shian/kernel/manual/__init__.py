"""帮助: the pages of the manual that the installed apps declare (``ShianApp.manual``)."""
