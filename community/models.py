"""All models of the app, gathered from its rooms."""

from community.accounts.models import Person, User
from community.articles.models import Article, OldAddress, Picture, Tag
from community.comments.models import Comment, Revision
from community.consent.models import ConsentRecord
from community.contacts.models import Contact
from community.inbound.models import AddressEvent, Answer
from community.mail.models import Email, MailHost
from community.outbox.models import Heartbeat, Job
from community.portability.models import Import
from community.search.models import ArticleWords, CommentWords, TopicWords
from community.sites.models import Membership, Site
from community.subscriptions.models import Delivery, Digest, Mute, Subscription, Timing
from community.threads.models import Board, Thread
from community.votes.models import Vote

__all__ = [
    "AddressEvent",
    "Answer",
    "Article",
    "ArticleWords",
    "Board",
    "Comment",
    "CommentWords",
    "ConsentRecord",
    "Contact",
    "Delivery",
    "Digest",
    "Email",
    "Heartbeat",
    "Import",
    "Job",
    "MailHost",
    "Membership",
    "Mute",
    "OldAddress",
    "Person",
    "Picture",
    "Revision",
    "Site",
    "Subscription",
    "Tag",
    "Thread",
    "Timing",
    "TopicWords",
    "User",
    "Vote",
]
