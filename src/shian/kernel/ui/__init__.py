"""The shell every page stands in: navigation, lists, forms, panels, and the few tags they share."""
