"""Members, and everybody who takes part."""

import uuid

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models


class UserManager(BaseUserManager["User"]):
    """Members are known by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """A new member with a hashed password, or none (log in by mailed code)."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """A member with every right, for Django's own tools."""
        return self.create_user(email, password, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A member: logs in with an e-mail address, shows a name."""

    email = models.EmailField(max_length=320, unique=True)
    name = models.CharField(max_length=50)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_staff(self) -> bool:
        """Django's own word for superusers; roles of a site live in Membership."""
        return self.is_superuser

    def get_full_name(self) -> str:
        """The name shown."""
        return self.name


class Person(models.Model):
    """Someone who takes part: a member, or a guest known by one signed cookie.

    Comments, votes and bans hang on a person, so that neither kind needs a path of its own.
    """

    user = models.OneToOneField(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="person"
    )
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=50, blank=True)
    # The address this person has confirmed; what they merely typed stays with the comment.
    contact = models.ForeignKey(
        "community.Contact",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="people",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name or f"person {self.pk}"

    @property
    def is_member(self) -> bool:
        """Whether this person logs in."""
        return self.user_id is not None
