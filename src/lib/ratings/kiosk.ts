/**
 * Data exchanged by a paired tablet and the site. This module has no schemas, because the tablet's page includes it.
 */

import type { RatingTag } from './vocabulary.ts';

export const KIOSK_MODES = ['tablet', 'display'] as const;
/** tablet: collects ratings · display: shows the QR code of the visit that just ended. */
export type KioskMode = (typeof KIOSK_MODES)[number];

/** ECDSA on P-256 with SHA-256, by its name in RFC 7518. */
export const DEVICE_ALGORITHM = 'ES256';

/** The public part of a device's key as JWK (RFC 7517). */
export interface DeviceKey {
	kty: 'EC';
	crv: 'P-256';
	x: string;
	y: string;
}

/**
 * A rating as stored on a tablet. It is sent as the payload of a compact JWS (RFC 7515) signed with the device's key,
 * so that the received bytes are those that were signed.
 */
export interface TabletRating {
	submission_id: string;
	officer?: string;
	score: number;
	tags?: RatingTag[];
	comment?: string;
	/** Time by the tablet's clock, corrected by the last time the site reported. */
	given_at: string;
	/** It was given under a former pairing that the site does not know, and so may be older than the present one. */
	signed_again?: true;
}

/** Requests a kiosk's page without its form. The device stores this page to start while it is offline. */
export const SHELL = 'kerangka';

/** Ratings per request. With the longest comments they stay below the site's limit of 64 kB. */
export const MAX_RATINGS_PER_REQUEST = 12;

/** Result of each rating, in the order they were sent. A refused rating will be refused again. */
export type TabletRatingOutcome = { outcome: 'stored' | 'repeated' } | { outcome: 'refused'; reason: string };

/** Why a device collects no ratings: it or its place was withdrawn, or its office is not open to the public. */
export type KioskEnd = 'unpaired' | 'closed';

/** The data of a kiosk's page, as last received from the site. */
export interface KioskScreen {
	now: string;
	kiosk: string;
	number: number;
	mode: KioskMode;
	/** An ended device sends the ratings it has stored and collects no more. */
	ended: KioskEnd | false;
	unit: { name: string; slug: string; accent: string };
	/** Name of the desk if the device stands at one, otherwise of the place. */
	place: string;
	/** The printed code and its address, to rate on one's own phone. */
	code: string;
	address: string;
	/** Officers who can be rated, those on duty first. */
	officers: { id: string; name: string; place: string | null; hasPhoto: boolean }[];
	/**
	 * The officer on duty at the device's own desk, who is preselected, and until when the officer can't change by the
	 * roster. Without a desk no officer is preselected.
	 */
	atDesk: { id: string; until: string } | null;
	/** The visit that just ended at the desk: the address of its rating, and until when its QR code is shown. */
	visit: { address: string; until: string } | null;
}
