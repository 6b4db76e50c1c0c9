import { eq } from 'drizzle-orm';
import { DEFAULT_WORKDAY_HOURS } from '#lib/calendar/workday-hours.ts';
import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { officers, places, services, units } from '#lib/server/db/schema/units.ts';
import {
	DEMO_LINKS,
	DEMO_OFFICES,
	DEMO_SERVICES,
	OFFICERS_PER_OFFICE,
	POSITIONS,
	officerName,
	type DemoOffice,
	type OfficeSlug
} from './offices.ts';
import { STANDARD_MAMUJU } from './standard-mamuju.ts';
import { m } from '#lib/paraglide/messages.js';
import { recordChange } from '#lib/server/people/audit.ts';
import { recordConsents } from '#lib/server/people/consents.ts';
import { cropPortrait } from '#lib/server/people/officers/officer-photo.ts';
import { storeFile } from '#lib/server/attachments/disk-reserve.ts';
import { portrait } from './portraits.ts';

interface BuiltPlace {
	id: string;
	code: string;
}

/** An office with the ids that the rest of the demo needs. */
export interface BuiltOffice extends DemoOffice {
	id: string;
	path: string;
	officers: readonly { id: string; number: number }[];
	/** In Mamuju the head is an officer too, so that a case can be about the head. The head is not rated. */
	headId: string | null;
	box: BuiltPlace;
	desk: BuiltPlace;
	/** A desk without its own officer: officers take turns by a roster. */
	sharedDesk: BuiltPlace;
}

/** Ids of the province's account at LAPOR, as the sandbox accepts them. Regencies inherit them. */
const PROVINCE_LAPOR_IDS = { channel: '13', user: '5218120', institution: '151346', location: '34', category: '436' };
const MAMUJU_LAPOR_IDS = { institution: '151347' };
const LAPOR_IDS: Partial<Record<OfficeSlug, Record<string, string>>> = {
	sulbar: PROVINCE_LAPOR_IDS,
	mamuju: MAMUJU_LAPOR_IDS
};

/** Who is responsible for personal data in the whole province. */
const DEMO_RESPONSIBLE = {
	privacyName: 'Pejabat Pelindungan Data Pribadi Contoh',
	privacyContact: 'Ruang layanan BPS Provinsi Sulawesi Barat, hari kerja pukul 08.00–16.00'
};

/** The office with that slug. @throws Error if the demo has none */
export function officeIn(offices: readonly BuiltOffice[], slug: OfficeSlug): BuiltOffice {
	const office = offices.find((one) => one.slug === slug);
	if (!office) throw new Error(`the demo has no office ${slug}`);
	return office;
}

/** Creates the units with their services, officers and places. The province is the first, and the parent of the others. */
export async function buildOffices(): Promise<BuiltOffice[]> {
	return transaction(async (tx) => {
		const built: BuiltOffice[] = [];
		for (const office of DEMO_OFFICES) built.push(await buildOffice(tx, office, built[0]));
		return built;
	});
}

async function buildOffice(tx: Tx, office: DemoOffice, province: BuiltOffice | undefined): Promise<BuiltOffice> {
	const { slug, code, name, accent, contact, firstOfficer } = office;
	const id = crypto.randomUUID();
	const path = `${province?.path ?? '/'}${id}/`;
	await tx.insert(units).values({
		id,
		code,
		slug,
		name,
		parentId: province?.id ?? null,
		path,
		hours: DEFAULT_WORKDAY_HOURS,
		accent,
		...contact,
		responsible: `Kepala ${name}`,
		// Regencies inherit them.
		...(province ? {} : { ...DEMO_RESPONSIBLE, links: DEMO_LINKS }),
		laporIds: LAPOR_IDS[slug] ?? {},
		recordAllAtLapor: slug === 'mamuju',
		state: 'open'
	});
	await recordChange(tx, null, { unitId: id, action: 'unit.created', subject: code, after: { code, slug, name } });
	const standard = (kind: string) => (slug === 'mamuju' && kind === 'consultation' ? STANDARD_MAMUJU : null);
	await tx
		.insert(services)
		.values(DEMO_SERVICES.map((service) => ({ unitId: id, ...service, standard: standard(service.kind) })));
	const staff = await Promise.all(
		Array.from({ length: OFFICERS_PER_OFFICE }, async (_, index) => ({
			id: crypto.randomUUID(),
			unitId: id,
			number: firstOfficer + index,
			name: officerName(firstOfficer + index),
			position: POSITIONS[index] ?? null,
			photoKey: await storeFile(await cropPortrait(await portrait(firstOfficer + index))),
			photoConsentAt: now()
		}))
	);
	await tx.insert(officers).values(staff.map(({ number: _number, ...officer }) => officer));
	const consent = { kind: 'officer_photo', given: true, words: m.privacy_photo_words(), language: 'id' } as const;
	const all = staff.map((officer) => ({ officerId: officer.id, ...consent, recordedBy: null }));
	await recordConsents(tx, all);
	const headId = slug === 'mamuju' ? await buildHead(tx, id) : null;
	const box = await buildPlace(tx, office, id, { suffix: 'KTK', kind: 'box', name: 'Kotak saran ruang tunggu' });
	const desk = await buildPlace(tx, office, id, {
		suffix: 'PTG',
		kind: 'desk',
		name: 'Meja layanan 1',
		officerId: staff[0]?.id
	});
	const sharedDesk = await buildPlace(tx, office, id, { suffix: 'PTB', kind: 'desk', name: 'Meja layanan 2' });
	await buildPlace(tx, office, id, { suffix: 'ANJ', kind: 'kiosk', name: 'Anjungan ruang layanan' });
	const rated = staff.map(({ id, number }) => ({ id, number }));
	return { ...office, id, path, officers: rated, headId, box, desk, sharedDesk };
}

async function buildHead(tx: Tx, unitId: string): Promise<string> {
	const id = crypto.randomUUID();
	await tx.insert(officers).values({ id, unitId, name: 'Kepala Contoh 1', position: 'Kepala kantor' });
	await tx.update(units).set({ headOfficerId: id }).where(eq(units.id, unitId));
	return id;
}

/** Creates a place. Real codes are random; those of the demo are fixed and readable. */
async function buildPlace(
	tx: Tx,
	office: DemoOffice,
	unitId: string,
	{ suffix, ...place }: { suffix: string; kind: string; name: string; officerId?: string }
): Promise<BuiltPlace> {
	const built = { id: crypto.randomUUID(), code: `${office.codePrefix}${suffix}` };
	await tx.insert(places).values({ ...built, unitId, ...place, createdAt: now() });
	await recordChange(tx, null, { unitId, action: 'place.created', subject: built.code, after: place });
	return built;
}
