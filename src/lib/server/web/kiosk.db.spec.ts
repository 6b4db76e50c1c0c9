import type { RequestEvent } from '@sveltejs/kit';
import { expect, test } from 'vitest';
import { NotFound } from '#lib/server/errors.ts';
import { createKioskLink, pairKiosk } from '#lib/server/places/kiosk-pairing.ts';
import { makeActor, makeOfficer, makePlace, makeUnit } from '#lib/dev/testing/factories.ts';
import { inHours } from '#lib/dev/testing/outcomes.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
import { kioskCookie, placeCookie } from './cookies/citizen-cookies.ts';
import { guestBookPage } from './forms/guest-book.ts';
import { kioskScreen, renewPairing, thisKiosk } from './kiosk.ts';
import { ratingFormPage, receiveKioskRating } from './forms/rating-form.ts';

/** A browser that stores its cookies. */
const browser = (): RequestEvent => requestTo();

/** A device of an office, just paired, and its browser. */
async function paired(options: { unit?: { id: string }; desk?: string } = {}) {
	const unit = options.unit ?? (await makeUnit());
	const place = await makePlace(unit.id, { kind: 'kiosk' });
	const admin = await makeActor([[unit.id, 'admin']]);
	const link = await createKioskLink(admin, place.id, { mode: 'tablet', pin: '2468', desk: options.desk });
	const event = browser();
	const kioskId = await pairKiosk(link);
	await kioskCookie.write(event.cookies, { kioskId });
	return { event, kioskId };
}

test('a device in use stays paired for years, one unused for a year does not', async () => {
	const { event, kioskId } = await paired();
	for (const days of [300, 600, 900]) {
		expect(await inHours(days * 24, () => renewPairing(event))).toMatchObject({ id: kioskId, ended: false });
	}
	await expect(inHours((900 + 366) * 24, () => thisKiosk(event))).rejects.toThrow(NotFound);
});

/** An office of three officers, of whom only one has a desk. */
async function officeOfOneDesk() {
	const unit = await makeUnit();
	const [seated] = [await makeOfficer(unit.id), await makeOfficer(unit.id), await makeOfficer(unit.id)];
	const desk = await makePlace(unit.id, { kind: 'desk', officerId: seated.id });
	return { unit, desk, seated };
}

test('only the tablet of a desk proposes an officer, even if the office has one desk', async () => {
	const { unit, desk, seated } = await officeOfOneDesk();
	const proposed = async (device: Awaited<ReturnType<typeof paired>>) => {
		const kiosk = await thisKiosk(device.event);
		const form = await ratingFormPage(device.event, unit, kiosk.desk ?? kiosk.place);
		return [(await kioskScreen(device.event, kiosk)).atDesk?.id ?? null, form.atDesk?.id ?? null];
	};
	expect(await proposed(await paired({ unit }))).toEqual([null, null]);
	expect(await proposed(await paired({ unit, desk: desk.id }))).toEqual([seated.id, seated.id]);
});

test('the same applies to an office with a single officer', async () => {
	const unit = await makeUnit();
	await makeOfficer(unit.id);
	const { event } = await paired({ unit });
	expect(await kioskScreen(event, await thisKiosk(event))).toMatchObject({ atDesk: null });
});

test('a visitor of a tablet whom another officer served must choose one too', async () => {
	const { unit, desk } = await officeOfOneDesk();
	const { event } = await paired({ unit, desk: desk.id });
	const url = new URL('http://localhost/kiosk?petugas=semua');
	const body = new URLSearchParams({ score: '2', submission_id: crypto.randomUUID() });
	Object.assign(event, { url, request: new Request(url, { method: 'POST', body }) });
	const kiosk = await thisKiosk(event);
	const answer = { data: { issues: [{ path: 'officer', code: 'rating_officer_choose' }] } };
	expect(await receiveKioskRating(event, { ...kiosk, unit })).toMatchObject(answer);
});

test('only the code of a desk proposes an officer; no code, a poster or a visit’s link does not', async () => {
	const { unit, desk, seated } = await officeOfOneDesk();
	const poster = await makePlace(unit.id, { kind: 'poster' });
	const phone = browser();
	const proposed = async (at?: null) => (await ratingFormPage(phone, unit, at)).atDesk?.id;
	expect(await proposed()).toBeUndefined();
	await placeCookie.write(phone.cookies, { code: poster.code });
	expect(await proposed()).toBeUndefined();
	await placeCookie.write(phone.cookies, { code: desk.code });
	expect(await proposed()).toBe(seated.id);
	expect(await proposed(null)).toBeUndefined();
});

test('a guest book without a desk proposes no officer, even if the office has one desk', async () => {
	const { unit, desk, seated } = await officeOfOneDesk();
	const handler = await makeActor([[unit.id, 'handler']]);
	const book = async (query: string) => {
		const event = browser();
		Object.assign(event, { url: new URL(`http://localhost/desk/visits?unit=${unit.slug}${query}`) });
		Object.assign(event.locals, { actor: handler });
		const { desk: at, officer } = await guestBookPage(event);
		return { at, officer };
	};
	expect(await book('')).toEqual({ at: null, officer: null });
	expect(await book(`&desk=${desk.id}`)).toEqual({ at: desk.id, officer: seated.id });
});
