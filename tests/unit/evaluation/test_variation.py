"""Other settings, varied around the shipped settings."""

from dataclasses import dataclass, field

from evaluation.variation import vary


@dataclass(frozen=True)
class Inner:
    share: float = 0.9
    count: int = 40
    name: str = "x"


@dataclass(frozen=True)
class Outer:
    inner: Inner = field(default_factory=Inner)
    level: float = 8.0
    false_alarms_per_day: float = 0.1


def test_each_number_is_varied_by_a_factor_of_its_own() -> None:
    varied = [vary(Outer(), seed) for seed in range(50)]

    assert all(0.75 * 8 <= each.level <= 1.33 * 8 for each in varied)
    assert all(30 <= each.inner.count <= 54 for each in varied)
    assert len({each.level for each in varied}) == 50
    assert len({each.level / 8 - each.inner.count / 40 for each in varied}) > 40


def test_what_was_promised_is_not_varied_and_a_share_stays_one() -> None:
    varied = [vary(Outer(), seed) for seed in range(50)]

    assert {each.false_alarms_per_day for each in varied} == {0.1}
    assert {each.inner.name for each in varied} == {"x"}
    assert all(each.inner.share < 1 for each in varied)


def test_the_same_seed_gives_the_same_settings() -> None:
    assert vary(Outer(), 3) == vary(Outer(), 3)
    assert vary(Outer(), 3) != vary(Outer(), 4)


def test_only_some_groups_can_be_varied() -> None:
    varied = vary(Outer(), 3, frozenset({"inner"}))

    assert varied.level == 8.0
    assert varied.inner != Inner()
