"""Which addresses become a player, and which never do."""

import pytest

from community.articles.embeds import embed_of

UUID = "9c9de5e8-0a1e-484a-b099-e80766180a6d"


@pytest.mark.parametrize(
    ("address", "framed"),
    [
        pytest.param(
            "https://www.youtube.com/watch?v=aqz-KE-bpKQ&t=3",
            "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ",
            id="YouTube",
        ),
        pytest.param(
            "https://youtu.be/aqz-KE-bpKQ?si=x",
            "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ",
            id="YouTube, short",
        ),
        pytest.param(
            "http://m.youtube.com/shorts/aqz-KE-bpKQ",
            "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ",
            id="YouTube, mobile and upright",
        ),
        pytest.param(
            "https://vimeo.com/1084537",
            "https://player.vimeo.com/video/1084537?dnt=1",
            id="Vimeo",
        ),
        pytest.param(
            "https://vimeo.com/1084537/abc123def4",
            "https://player.vimeo.com/video/1084537?dnt=1&h=abc123def4",
            id="Vimeo, unlisted",
        ),
        pytest.param(
            f"https://video.example.org/videos/watch/{UUID}",
            f"https://video.example.org/videos/embed/{UUID}",
            id="PeerTube",
        ),
        pytest.param(
            "https://video.example.org/w/kkGMgK9ZtnKfYAgnEtQxbv",
            "https://video.example.org/videos/embed/kkGMgK9ZtnKfYAgnEtQxbv",
            id="PeerTube, short",
        ),
    ],
)
def test_a_known_video_has_a_player(address: str, framed: str) -> None:
    embed = embed_of(address)

    assert embed is not None
    assert embed.url == framed


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("", id="nothing"),
        pytest.param("https://example.org/", id="another page"),
        pytest.param("https://www.youtube.com/", id="no video"),
        pytest.param("https://www.youtube.com/watch?v=../../x", id="a path for an id"),
        pytest.param("https://youtube.com.example.org/watch?v=aqz-KE-bpKQ", id="a look-alike"),
        pytest.param("https://user@vimeo.com/1084537", id="with a user name"),
        pytest.param("https://evil.example;script-src/w/kkGMgK9ZtnKfYAgnEtQxbv", id="a header"),
        pytest.param("https://a b.example/w/kkGMgK9ZtnKfYAgnEtQxbv", id="a space in the host"),
        pytest.param("javascript:alert(1)//youtu.be/aqz-KE-bpKQ", id="a script"),
        pytest.param("https://[::1/w/kkGMgK9ZtnKfYAgnEtQxbv", id="a broken host"),
        pytest.param("//youtu.be/aqz-KE-bpKQ", id="without a scheme"),
        pytest.param("https://localhost/w/kkGMgK9ZtnKfYAgnEtQxbv", id="this machine"),
    ],
)
def test_anything_else_has_none(address: str) -> None:
    assert embed_of(address) is None
