"""Every scenario in Python gives what is written beside it; and every method of the surface is in one."""

import unittest

import linecrew
import scenario
from scenario import read

# Verbs of the player that call something of another name.
UNDER_OTHER_NAMES = {"open": "open_linecrew"}


class Scenarios(unittest.IsolatedAsyncioTestCase):
    maxDiff = None

    async def test_every_scenario_gives_what_is_expected(self):
        self.assertGreaterEqual(len(scenario.files()), 3)
        for file in scenario.files():
            with self.subTest(file.stem):
                transcript, digest = await scenario.play(file)
                print(f"{file.stem} sha256={digest}")
                self.assertMultiLineEqual(transcript, file.with_suffix(".expected").read_text(encoding="utf-8"))

    def test_every_method_is_played_or_is_excused(self):
        played = set()
        for file in scenario.files():
            lines = (line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("phone "))
            verbs = {read(line)[0][2] for line in lines}
            played |= {UNDER_OTHER_NAMES.get(verb, verb) for verb in verbs}
        excused = {}
        for line in (scenario.FOLDER / "unplayed").read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                method, _, reason = line.partition(" ")
                excused[method] = reason.strip()
        self.assertGreater(len(surface()), 20)
        self.assertEqual(surface() - played - set(excused), set(), "neither played nor excused")
        self.assertEqual(set(excused) & played, set(), "excused and played all the same")
        self.assertEqual(set(excused) - surface(), set(), "excused and not there")
        self.assertTrue(all(excused.values()), "an excuse has a reason")


def surface():
    """Every exported function, and every method of every object that the library gives out."""
    names = set()
    for name in linecrew.__all__:
        what = getattr(linecrew, name)
        if callable(what) and not isinstance(what, type):
            names.add(name)
        # Objects of the library hold a handle. What apps implement themselves has tests of its own.
        elif isinstance(what, type) and hasattr(what, "_uniffi_clone_handle") and not name.startswith("Host"):
            own = "" if name == "LinecrewCore" else snake(name) + "."
            names |= {own + method for method in vars(what) if not method.startswith("_")}
    return names


def snake(name):
    return "".join(f"_{character.lower()}" if character.isupper() else character for character in name).lstrip("_")


if __name__ == "__main__":
    unittest.main()
