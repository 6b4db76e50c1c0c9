/**
 * The site's clock, as far as this device knows it: its own, moved by how far the two were apart when the site last
 * answered. Kept, for a tablet may start without a line.
 */
const KEY = 'kiosk-clock';

export function hearClock(siteNow: string): void {
	localStorage.setItem(KEY, String(Date.parse(siteNow) - Date.now()));
}

/** The present moment by the site's clock, in ISO 8601 (UTC). */
export function siteTime(): string {
	return new Date(Date.now() + (Number(localStorage.getItem(KEY)) || 0)).toISOString();
}
