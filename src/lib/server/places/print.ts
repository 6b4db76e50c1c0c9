import { formatShortDate } from '#lib/calendar/format.ts';
import { loadRules } from '#lib/server/calendar/load.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { anyUnit, type Unit } from '#lib/server/people/units/units.ts';
import { placeForAdmin, type Place } from './places.ts';
import { sheetPdf } from './sheet-pdf.ts';
import { sheetSvg } from './sheet-svg.ts';
import type { SheetContent, SheetSize } from './sheet-content.ts';

export interface PrintedSheet {
	body: string | Buffer;
	mediaType: 'image/svg+xml' | 'application/pdf';
	fileName: string;
}

/** Sheets hang on walls in Indonesia, so they speak Indonesian whatever language the administrator reads. */
function contentOf(place: Place, unit: Unit, promiseDays: number, origin: string): SheetContent {
	const { host } = new URL(origin);
	const ways = [
		place.kind === 'box' ? undefined : `Kotak saran di ${unit.name}`,
		unit.whatsapp && `WhatsApp/SMS ${unit.whatsapp}`,
		unit.email && `E-mail ${unit.email}`,
		'SP4N-LAPOR! lapor.go.id, SMS 1708'
	];
	return {
		officeName: unit.name,
		placeName: place.name,
		url: `${origin}/q/${place.code}`,
		displayAddress: host,
		code: place.code,
		promiseDays,
		otherWays: ways.flatMap((way) => (way ? [way] : [])),
		responsible: unit.responsible ?? `Kepala ${unit.name}`,
		address: unit.address ?? '',
		sheetNo: `${place.code}-${place.sheetNo}`,
		date: formatShortDate(now(), unit.timeZone, 'id'),
		domain: host,
		accent: unit.accent
	};
}

/**
 * The sheet of a place as a file to print.
 *
 * @param origin the site's official address, which the code holds
 * @throws NotFound if the place is not the actor's or its code is out of use: a dead sheet must not be printed
 */
export async function printSheet(
	actor: Actor,
	placeId: string,
	size: SheetSize,
	format: 'svg' | 'pdf',
	origin: string
): Promise<PrintedSheet> {
	const place = await placeForAdmin(actor, placeId);
	const unit = await anyUnit(place.unitId);
	if (place.withdrawnAt || !unit) throw new NotFound(`sheet of ${placeId}`);
	const rules = await loadRules(db(), now());
	const promise = rules.find((rule) => rule.name === 'first_reply');
	if (!promise) throw new NotFound('rule first_reply');
	const content = contentOf(place, unit, promise.days, origin);
	const fileName = `spatula-${place.code}-${size}.${format}`.toLowerCase();
	return format === 'svg'
		? { body: sheetSvg(content, size), mediaType: 'image/svg+xml', fileName }
		: { body: await sheetPdf(content, size), mediaType: 'application/pdf', fileName };
}
