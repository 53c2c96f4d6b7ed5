"""The faults of bill runs by their numbers, small; ``make prove P=faults`` runs them large."""
import pytest

from . import scenarios


@pytest.fixture(autouse=True)
def oracle(world):
    """Ask the oracle after every fault."""
    yield
    world.check()


def test_f01_killed_at_random_moments(world, rng):
    scenarios.f01(world, rng)


def test_f01_a_disturbed_run_equals_a_calm_one(world, rng):
    scenarios.f01_twins(world, rng)


def test_f01_a_bill_that_kills_each_time_is_set_aside(world, rng):
    scenarios.f01_poison(world, rng)


def test_f02_jobs_buttons_and_calls_at_once(world, rng):
    scenarios.f02(world, rng)


def test_f03_serialization_failures_and_deadlocks(world, rng):
    scenarios.f03(world, rng)


def test_f04_connections_cut(world, rng):
    scenarios.f04(world, rng)


def test_f10_disk_full(world, rng):
    scenarios.f10(world, rng)


def test_f12_lock_date(world, rng):
    scenarios.f12(world, rng)


def test_f13_hashed_journal(world, rng):
    scenarios.f13(world, rng)


def test_f14_bad_data(world, rng):
    scenarios.f14(world, rng)


def test_f15_time_zone(world, rng):
    scenarios.f15(world, rng)


def test_f16_month_end(world, rng):
    scenarios.f16(world, rng)


def test_f17_clock_changes(world, rng):
    scenarios.f17(world, rng)


def test_f18_clock_jumps(world, rng):
    scenarios.f18(world, rng)


def test_f19_backdated_and_repeated(world, rng):
    scenarios.f19(world, rng)


def test_f20_edited_between_preview_and_posting(world, rng):
    scenarios.f20(world, rng)


def test_f21_credited_after_part_payment(world, rng):
    scenarios.f21(world, rng)


def test_f26_upgrade_in_the_middle(world, rng):
    scenarios.f26(world, rng)


def test_f27_job_switched_off(world, rng):
    scenarios.f27(world, rng)
