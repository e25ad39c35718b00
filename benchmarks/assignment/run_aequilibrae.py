"""One assignment by AequilibraE on the same links; prints one JSON line. Run by compare.py in its own interpreter."""

import json
import resource
import sys
import time

import numpy as np
import pandas as pd


def main() -> None:
    data = np.load(sys.argv[1])
    gap, limit = float(sys.argv[2]), int(sys.argv[3])
    from aequilibrae.matrix import AequilibraeMatrix
    from aequilibrae.paths import Graph, TrafficAssignment, TrafficClass

    n = len(data["tail"])
    zones = len(data["trips"])
    links = pd.DataFrame(
        {
            "link_id": np.arange(1, n + 1),
            "a_node": data["tail"] + 1,
            "b_node": data["head"] + 1,
            "direction": 1,
            # AequilibraE refuses free-flow time zero; a small one changes no figure that is compared.
            "free_flow_time": np.maximum(data["t0"], 1e-6),
            "capacity": np.maximum(data["capacity"], 1e-6),
            "b": data["alpha"],
            "power": np.maximum(data["power"], 1.0),
            "fixed": data["fixed"],
        }
    )
    graph = Graph()
    graph.network = links
    graph.prepare_graph(np.arange(1, zones + 1))
    graph.set_graph("free_flow_time")
    graph.set_skimming(["free_flow_time"])
    graph.set_blocked_centroid_flows(bool(data["blocked"]))
    matrix = AequilibraeMatrix()
    matrix.create_empty(zones=zones, matrix_names=["car"], memory_only=True)
    matrix.index[:] = np.arange(1, zones + 1)
    matrix.matrix["car"][:, :] = data["trips"]
    matrix.computational_view(["car"])
    car = TrafficClass("car", graph, matrix)
    if data["fixed"].any():
        car.set_fixed_cost("fixed", 1.0)
    assignment = TrafficAssignment()
    assignment.set_classes([car])
    assignment.set_vdf("BPR")
    assignment.set_vdf_parameters({"alpha": "b", "beta": "power"})
    assignment.set_capacity_field("capacity")
    assignment.set_time_field("free_flow_time")
    assignment.set_algorithm("bfw")
    assignment.set_cores(1)
    assignment.max_iter = limit
    assignment.rgap_target = gap
    begin = time.process_time()
    assignment.execute()
    report = assignment.report()
    print(
        json.dumps(
            {
                "cpu_seconds": time.process_time() - begin,
                "relative_gap": float(report["rgap"].iloc[-1]),
                "iterations": len(report),
                "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


if __name__ == "__main__":
    main()
