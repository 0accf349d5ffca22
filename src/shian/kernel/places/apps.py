from ..app import ShianApp


class PlacesConfig(ShianApp):
    name = "shian.kernel.places"
    label = "places"
