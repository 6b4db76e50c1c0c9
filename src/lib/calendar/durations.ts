/** Milliseconds. A calendar day in a time zone can be longer or shorter: for those see `days.ts`. */
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
