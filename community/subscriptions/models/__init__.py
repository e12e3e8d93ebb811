"""Who wants to hear of what, and each e-mail that follows from it."""

from community.subscriptions.models.deliveries import (
    Delay,
    Delivery,
    DeliveryQuerySet,
    Kind,
    Unwanted,
)
from community.subscriptions.models.digests import Digest, DigestQuerySet
from community.subscriptions.models.mutes import Mute
from community.subscriptions.models.timing import Pace, Timing
from community.subscriptions.models.wishes import (
    ABOUT,
    PERSONAL,
    SUBJECTS,
    Scope,
    Subscription,
    SubscriptionQuerySet,
)

__all__ = [
    "ABOUT",
    "PERSONAL",
    "SUBJECTS",
    "Delay",
    "Delivery",
    "DeliveryQuerySet",
    "Digest",
    "DigestQuerySet",
    "Kind",
    "Mute",
    "Pace",
    "Scope",
    "Subscription",
    "SubscriptionQuerySet",
    "Timing",
    "Unwanted",
]
