import { expect, test } from 'vitest';
import { forwardedCase, forwardNow, makeOffice, useLapor, verifiedCase } from '#lib/dev/testing/lapor.ts';
import { addressOf, requestTo } from '#lib/dev/testing/request.ts';
import { caseForActor } from '#lib/server/cases/find.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { forwardsOfCase } from '#lib/server/escalation/view.ts';
import { chooseAfterAction } from '#lib/server/people/next-work-choice.ts';
import { actions as caseActions } from '../../cases/[reference]/escalation/+page.server.ts';
import { actions } from './+page.server.ts';

useLapor();

test('after the number of a forward by hand is stored, the next report opens, or the list, as the person chose', async () => {
	overrideEnv({ LAPOR_MODE: 'manual' });
	const office = await makeOffice();
	const { row: next } = await forwardedCase(office);
	const storeNumber = async (opens: string, lapor_id: string, query = '') => {
		const { row, escalation } = await forwardedCase(office, {}, { body: `Antrean loket ${lapor_id} terlalu panjang.` });
		await chooseAfterAction(office.actor, opens);
		const fields = { outcome: 'found', lapor_id, reason: 'Sudah diisikan' };
		const sent = { actor: office.actor, params: { id: escalation.id }, fields };
		const address = await addressOf(actions.resolve(requestTo(`/?list=kind%3Dcomplaint${query}`, sent)));
		expect((await forwardNow(escalation.id)).escalation.state).toBe('sent');
		return String(address).replace(row.reference, 'SENT');
	};
	expect(await storeNumber('next', '7604001')).toBe(
		`/desk/cases/${next.reference}?done=found&of=SENT&left=1&work=list&list=kind%3Dcomplaint`
	);
	expect(await storeNumber('list', '7604002')).toMatch(/^\/desk\?kind=complaint&done=found&of=SENT&left=\d&work=list$/);
	expect(await storeNumber('case', '7604003')).toMatch(
		/^\/desk\/cases\/SENT\?done=found&left=\d&work=list&list=kind%3Dcomplaint$/
	);
	expect(await storeNumber('next', '7604004', '&queue=duty')).toMatch(/^\/desk\/unrecorded\/next\?queue=duty/);
});

test('the page on which a prepared forward is copied keeps the list of the report', async () => {
	overrideEnv({ LAPOR_MODE: 'manual' });
	const office = await makeOffice();
	const { reference, version } = await verifiedCase(office);
	const fields = { purpose: 'record', reason: 'Perlu dicatat', version: String(version) };
	const request = requestTo('/?list=mine%3D1', { actor: office.actor, params: { reference }, fields });
	expect(await addressOf(caseActions.send(request))).toMatch(
		/^\/desk\/escalations\/[0-9a-f-]{36}\?done=prepared&list=mine%3D1$/
	);
});

test.each(['api', 'manual'] as const)(
	'a record ignores the hidden institution of a transfer in mode %s',
	async (mode) => {
		overrideEnv({ LAPOR_MODE: mode });
		const office = await makeOffice();
		const { reference, version } = await verifiedCase(office);
		const fields = { purpose: 'record', reason: 'Perlu dicatat', version: String(version), institution: 'pemkab' };
		const sent = { actor: office.actor, params: { reference }, fields };
		expect(await caseActions.request(requestTo('/', sent))).toMatchObject({ request: { problems: [] } });
		await addressOf(caseActions.send(requestTo('/', sent)));
		const { row } = await caseForActor(office.actor, reference);
		const [forward] = await forwardsOfCase(row);
		expect(forward).toMatchObject({ purpose: 'record', institution: null });
		const { entries, escalation } = await forwardNow(forward?.id ?? '');
		expect(escalation.report).toMatchObject({ institutionId: null });
		expect(entries.find(({ type }) => type === 'escalation_waiting')?.data).not.toHaveProperty('institution');
	}
);
