import { describe, expect, test } from 'vitest';
import { makeActor, makeCase, makeOfficer, makePlace } from '#lib/dev/testing/factories.ts';
import { makeOffice, readCase, act } from '#lib/dev/testing/office.ts';
import { changeNamedOfficers } from './officers-of-case.ts';
import { relatedCases } from './related.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();

describe('related reports', () => {
	test('have the same place, officer or reporter, and the actor may see them', async () => {
		const officer = await makeOfficer(office.unit.id);
		const place = await makePlace(office.unit.id);
		const reporter = { name: 'Andi Contoh', phone: '081234567890' };
		const input = { officer: officer.id, place: place.code, identity: 'named', reporter };
		const { reference: first } = await makeCase(office.unit, input);
		const { reference: second } = await makeCase(office.unit, input);
		await makeCase(office.unit, { ...input, category: 'integrity' });
		await makeCase(office.unit);
		const related = await relatedCases(office.handler, await readCase(first));
		for (const kind of ['place', 'officer', 'contact'] as const)
			expect(related[kind].map(({ reference }) => reference)).toEqual([second]);
		expect(related.split).toEqual([]);
	});

	test('include reports with the same officer after a person confirmed the name', async () => {
		const officer = await makeOfficer(office.unit.id, 'Rahmawati Tandipau');
		const { reference: chosen } = await makeCase(office.unit, { officer: officer.id });
		const { reference: added } = await makeCase(office.unit);
		const { reference: found } = await makeCase(office.unit, { body: 'Petugas bernama Rahmawati membentak saya.' });
		const names = (reference: string, action: string) =>
			act(changeNamedOfficers, office.handler, reference, { officer: officer.id, action });
		const about = async (reference: string, asker = office.handler) =>
			(await relatedCases(asker, await readCase(reference))).officer.map((one) => one.reference);
		expect(await about(chosen)).toEqual([]);
		await names(added, 'add');
		expect(await about(chosen)).toEqual([added]);
		expect(await about(added)).toEqual([chosen]);
		expect(await about(found)).toEqual([]);
		await names(found, 'confirm');
		expect(await about(found)).toEqual([added, chosen]);
		expect(await about(chosen)).toEqual([found, added]);
		const { reference: integrity } = await makeCase(office.unit, { officer: officer.id, category: 'integrity' });
		expect(await about(chosen)).not.toContain(integrity);
		expect(await about(chosen, office.rootSupervisor)).toContain(integrity);
		const foreign = (await makeOffice()).handler;
		expect(await about(chosen, foreign)).toEqual([]);
		const second = await makeActor([[office.unit.id, 'supervisor']]);
		for (const asker of [office.supervisor, second]) {
			const reason = 'Bukan petugas itu yang dimaksud.';
			await act(changeNamedOfficers, asker, added, { officer: officer.id, action: 'remove', reason });
		}
		expect(await about(chosen)).toEqual([found]);
		expect(await about(added)).toEqual([]);
	});

	test('do not reveal a withheld name by a report of the same person with an open name', async () => {
		const reporter = { name: 'Andi Contoh', phone: '081234567890' };
		const { reference: withheld } = await makeCase(office.unit, { identity: 'withheld', reporter });
		const { reference: named } = await makeCase(office.unit, { identity: 'named', reporter });
		expect((await relatedCases(office.handler, await readCase(withheld))).contact).toEqual([]);
		expect((await relatedCases(office.handler, await readCase(named))).contact).toEqual([]);
	});
});
