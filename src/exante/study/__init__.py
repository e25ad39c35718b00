"""Study: a baseline, a policy and draws give paired differences, with everything needed to trust them."""

from exante.study.forecast import Forecast, forecast

__all__ = ["Forecast", "forecast"]
