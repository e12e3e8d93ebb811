"""Where a request comes from, kept only as a keyed hash."""

import hashlib
import hmac
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The sender's address; X-Forwarded-For counts only for the proxies we run ourselves."""
    remote = str(request.META.get("REMOTE_ADDR", ""))
    proxies: int = settings.TRUSTED_PROXIES
    if not proxies:
        return remote
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    return hops[-proxies] if len(hops) >= proxies and hops[-proxies] else remote


def network_of(request: HttpRequest) -> str:
    """A keyed hash of the sender's network: the address in IPv4, the /64 in IPv6."""
    try:
        address = ip_address(address_of(request))
    except ValueError:
        return ""
    prefix = 32 if address.version == 4 else 64
    network = str(ip_network((address, prefix), strict=False))
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, network.encode(), hashlib.sha256).hexdigest()[:40]
