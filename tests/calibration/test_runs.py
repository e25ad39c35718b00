"""Runs of an ensemble that is stopped."""

import time

import numpy as np
import pytest

from exante.calibration.runs import Twin


class _Stopped(Twin):
    """A twin whose first run is interrupted."""

    def __init__(self):
        self.begun = 0

    def central(self):
        return None

    def run(self, values):
        self.begun += 1
        if self.begun == 1:
            raise KeyboardInterrupt
        time.sleep(0.2)
        return ()


def test_a_stop_begins_no_run_that_waits():
    twin = _Stopped()
    with pytest.raises(KeyboardInterrupt):
        twin.run_all(["x"], np.zeros((50, 1)), lambda _: np.zeros(1), workers=1)
    assert twin.begun <= 3
