// Units in which temperatures are shown; the server has them in °C.

const UNITS = {
  celsius: { symbol: "°C", scale: 1, zero: 0 },
  fahrenheit: { symbol: "°F", scale: 1.8, zero: 32 },
  kelvin: { symbol: "K", scale: 1, zero: 273.15 },
};

export const CELSIUS = "celsius";

export const symbolOf = (unit) => UNITS[unit].symbol;

/** A temperature in °C in another unit; null stays null. */
export function fromCelsius(value, unit) {
  const { scale, zero } = UNITS[unit];
  return value === null ? null : value * scale + zero;
}

/** A temperature as people set it, without the noise of the conversion. */
export const temperature = (celsius, unit = CELSIUS) => `${Number(fromCelsius(celsius, unit).toFixed(2))} ${symbolOf(unit)}`;
