"""Elements of HTML and SVG as text, with everything that is not markup escaped."""
import html


VOID = {"meta"}


class Markup(str):
    """Text that is markup already."""


def element(name, /, *children, **attributes):
    """`element("text", "a < b", x=1, class_="label")`; an attribute that is nil is left out."""
    words = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(_text(value))}"'
        for key, value in attributes.items() if value is not None)
    inside = "".join(child if isinstance(child, Markup) else html.escape(str(child), quote=False) for child in children)
    return Markup(f"<{name}{words}>" if name in VOID else f"<{name}{words}>{inside}</{name}>")


def _text(value):
    """Tenths of a pixel are enough."""
    return f"{value:.1f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def picture(width, height, label, *children):
    """`label` is what a screen reader says of it."""
    return element(
        "svg", *children, viewBox=f"0 0 {width} {height}", width=width, height=height, role="img", aria_label=label,
        xmlns="http://www.w3.org/2000/svg")
