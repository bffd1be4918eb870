import pytest

from tests.support.photos import Photos


@pytest.fixture
def photos(tmp_path):
    return Photos(tmp_path / "photos")
