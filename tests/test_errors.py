from lnl.errors import BadInput, LnlError, unknown


def test_unknown_names_the_nearest_and_all():
    error = unknown("method", "selnpl", ["ce", "selnlpl"])
    assert isinstance(error, BadInput)
    assert isinstance(error, LnlError)
    assert str(error) == "unknown method 'selnpl'. Did you mean 'selnlpl'? Known: ce, selnlpl"


def test_unknown_without_a_near_name():
    assert str(unknown("method", "zzz", ["ce"])) == "unknown method 'zzz'. Known: ce"
