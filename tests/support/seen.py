"""What tests read from a figure."""


def curve(figure, name, axis="x"):
    (found,) = [t for t in figure.data if t.name == name and t.xaxis == axis]
    return found


def texts(figure):
    return [annotation.text for annotation in figure.layout.annotations]
