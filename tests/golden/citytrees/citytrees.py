"""A small package of another institute: shade of street trees along streets, as a model of exante."""

import numpy as np

from exante.quantities.declarations import Indicator, Model, Outputs

TEXT = """
[results]
link_shade = { unit = "m", dims = ["link"], minimum = 0, meaning = "Metres in shade", reference = "citytrees" }
shaded_traffic = { unit = "percent", dims = [], meaning = "Share of kilometres in shade", reference = "citytrees" }
"""


def run(inputs, state):
    local = np.isin(inputs["links.road_class"].astype(str), ["residential", "living_street"])
    return Outputs({"link_shade": inputs["links.length"] * np.where(local, 0.5, 0.1)})




def __getattr__(name):
    # declared on use, when the vocabulary already holds the package's variables
    if name == "MODEL":
        return Model("citytrees", ("links.length", "links.road_class"), ("link_shade",), (), run, ("citytrees",))
    if name == "INDICATORS":
        return (
            Indicator(
                "shaded_traffic",
                "Traffic in shade",
                "higher",
                "Motor vehicles on the modelled network",
                ("link_flow", "period_weight", "link_shade", "links.length"),
                _shaded,
            ),
        )
    raise AttributeError(name)


def _shaded(x):
    daily = x["period_weight"] @ x["link_flow"]
    return float(100.0 * daily @ x["link_shade"] / (daily @ x["links.length"]))
