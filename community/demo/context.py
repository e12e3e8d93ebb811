"""What the demo bar shows."""

from django.http import HttpRequest

from community.demo.middleware import AS_OTHERS, PLAIN


def bar(request: HttpRequest) -> dict[str, bool]:
    """Which switches of the bar are on."""
    return {"as_others": AS_OTHERS in request.COOKIES, "plain": PLAIN in request.COOKIES}
