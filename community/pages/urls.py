"""Addresses of articles, their comments, and the texts every site has."""

from django.urls import path

from community.pages.views import (
    articles,
    comments,
    editor,
    languages,
    lists,
    live,
    search,
    setup,
    texts,
    writing,
)

urlpatterns = [
    path("", articles.home, name="home"),
    path("articles/<slug:slug>/", articles.article, name="article"),
    path("articles/<slug:slug>/comment-<int:number>/", articles.old_comment, name="old-comment"),
    path("tags/<slug:slug>/", articles.tagged, name="tag"),
    path("discuss/", articles.discussion, name="discussion"),
    path("media/<path:path>", articles.picture, name="picture"),
    path("threads/<int:pk>/comments/", comments.new, name="comment-new"),
    path("threads/<int:pk>/news/", live.news, name="thread-news"),
    path("threads/<int:pk>/new/", live.fresh, name="thread-fresh"),
    path("comments/<int:pk>/", comments.permalink, name="comment"),
    path("comments/<int:pk>/author/", lists.author_of_comment, name="comment-author"),
    path("comments/<int:pk>/replies/", comments.replies, name="comment-replies"),
    path("comments/<int:pk>/reply/", comments.reply, name="comment-reply"),
    path("comments/<int:pk>/edit/", comments.edit, name="comment-edit"),
    path("comments/<int:pk>/delete/", comments.delete, name="comment-delete"),
    path("comments/<int:pk>/vote/", comments.vote, name="comment-vote"),
    path("writing/", writing.tools, name="writing-tools"),
    path("writing/preview/", writing.preview, name="writing-preview"),
    path("moderation/articles/", editor.articles, name="moderation-articles"),
    path("moderation/articles/new/", editor.new, name="moderation-article-new"),
    path("moderation/articles/<int:pk>/", editor.edit, name="moderation-article"),
    path("moderation/articles/<int:pk>/delete/", editor.delete, name="moderation-article-delete"),
    path("latest/", lists.latest, name="latest"),
    path("authors/<str:token>/", lists.author, name="author"),
    path("search/", search.search, name="search"),
    path("setup/", setup.what_next, name="what-next"),
    path("setup/<str:token>/", setup.set_up, name="setup"),
    path("language/", languages.language, name="language"),
    path("house-rules/", texts.house_rules, name="house-rules"),
    path("privacy/", texts.privacy, name="privacy"),
]
