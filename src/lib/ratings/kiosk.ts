/** What a paired tablet and the site say to each other. Free of schemas: the tablet's page carries it. */

export const KIOSK_MODES = ['tablet', 'display'] as const;
/** tablet: takes ratings · display: shows the code of the visit just closed. */
export type KioskMode = (typeof KIOSK_MODES)[number];

/** ECDSA on P-256 with SHA-256, as RFC 7518 names it. */
export const DEVICE_ALGORITHM = 'ES256';

/** The public part of a device's key, as a JWK (RFC 7517). */
export interface DeviceKey {
	kty: 'EC';
	crv: 'P-256';
	x: string;
	y: string;
}

/**
 * A rating as a tablet keeps it. It travels as the payload of a compact JWS (RFC 7515) under the device's key, so that the
 * bytes that were signed are the bytes that arrive.
 */
export interface TabletRating {
	submission_id: string;
	officer?: string | undefined;
	score: number;
	comment?: string | undefined;
	/** By the tablet's clock, corrected by what the site last said its own was. */
	given_at: string;
}

/** Asks for a page of the kiosk without its form: what a device keeps to start from without a line. */
export const SHELL = 'kerangka';

/** Ratings in one call: with the longest comments they stay below the site's limit of 64 kB. */
export const KEPT_AT_ONCE = 12;

/** What became of one of them, in the order they were sent; a refused one is refused for good. */
export type TabletRatingOutcome = { outcome: 'stored' | 'repeated' } | { outcome: 'refused'; reason: string };

/** What a kiosk's page shows, as the site last told it. */
export interface KioskScreen {
	now: string;
	kiosk: string;
	number: number;
	mode: KioskMode;
	/** Withdrawn, with its place or by itself: it sends what it kept and takes nothing more. */
	ended: boolean;
	unit: { name: string; slug: string; accent: string };
	/** The desk's name where it stands at one, else the place's. */
	place: string;
	/** For one's own phone: the printed code and where it leads. */
	code: string;
	address: string;
	/** Whom one can rate: those on duty now first. */
	officers: { id: string; name: string; place: string | null; hasPhoto: boolean }[];
	/** Which of them nobody has to choose: who is on duty at its own desk. At no desk nobody is proposed. */
	atDesk: string | null;
	/** The visit just closed at the desk: where it is rated and until when the code is shown. */
	visit: { address: string; until: string } | null;
}
