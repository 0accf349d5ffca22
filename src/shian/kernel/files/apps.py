from ..app import ShianApp


class FilesConfig(ShianApp):
    name = "shian.kernel.files"
    label = "files"
    urls = "urls"
