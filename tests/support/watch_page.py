"""What the tests of the page Watch read."""


def text(at):
    boxes = (*at.markdown, *at.caption, *at.warning)
    return "\n".join(box.value for box in boxes)


def names(figure):
    return [a["text"] for a in figure["figure"]["layout"]["annotations"] if "<b>" in a["text"]]
