"""Hours of the working day that the modelled periods stand for, and the counted profile of traffic over them."""

from __future__ import annotations

import numpy as np

#: Share of a working day's traffic by hour of day, percent: 56 induction loops of Bologna, January to April 2024,
#: 1,520 loop-days (bologna_loops_2024).
HOURLY = np.array(
    [
        [1.05, 0.46, 0.25, 0.22, 0.39, 0.80, 2.25, 6.60, 7.58, 6.34, 5.61, 5.59],
        [5.68, 5.72, 5.98, 5.97, 6.83, 7.47, 7.40, 6.51, 4.52, 2.51, 2.16, 2.10],
    ]
).ravel()

#: The same of vans (with light lorries) and of lorries: seven regional stations around Bologna, Tuesdays to Thursdays
#: of February to May and September to November 2024 (rer_counts_2024).
HOURLY_VAN = np.array(
    [
        [0.43, 0.31, 0.27, 0.36, 0.63, 1.53, 4.03, 8.02, 8.14, 8.13, 7.82, 7.89],
        [6.63, 6.47, 7.48, 7.60, 7.50, 5.98, 4.05, 2.79, 1.63, 0.93, 0.73, 0.65],
    ]
).ravel()
HOURLY_TRUCK = np.array(
    [
        [0.73, 0.68, 0.68, 0.99, 1.46, 2.52, 4.40, 7.06, 7.83, 9.05, 9.53, 9.12],
        [6.75, 7.18, 8.23, 7.62, 5.82, 3.48, 2.12, 1.39, 0.97, 0.80, 0.82, 0.78],
    ]
).ravel()

#: Hours of the day that each modelled hour stands for, in the order of LABELS["period"]. Cut where the counted profile
#: has its steps (07, 10, 16, 20 h: inside a period no hour but the first of the night and of the evening is far from
#: its mean), and where limited-traffic zones of Italy open and close.
STANDS_FOR = (
    np.arange(7, 10),
    np.arange(10, 16),
    np.arange(16, 20),
    np.arange(20, 22),
    np.concatenate([np.arange(22, 24), np.arange(7)]),
)
