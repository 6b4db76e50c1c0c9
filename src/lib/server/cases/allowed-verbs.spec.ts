import { expect, test } from 'vitest';
import { ESCALATION_STATES } from '#lib/cases/vocabulary.ts';
import { verbsFor } from './allowed-verbs.ts';
import type { CaseRow } from './find.ts';

const handler = { accountId: 'a', units: { handler: ['u'], supervisor: [], manager: [], admin: [] } };
const description = { kind: 'complaint', category: 'time', channel: 'web', identity: 'none' };
const state = { status: 'verified', disputes: 0, assigneeId: null, escalationState: null, objectionAt: null };
const kept = { processingRestrictedAt: null, destroyedAt: null };
const reference = 'SPATULA-7604-26-000123';
const row = { ...description, ...state, ...kept, reference, handlingUnitId: 'u', restricted: false } as CaseRow;
const verbs = (changes: Partial<CaseRow>) =>
	verbsFor(
		handler,
		{ ...row, ...changes },
		{
			mayDecideDraft: false,
			draft: null,
			mayLinkReceipt: false,
			hasWorkingAssignee: changes.assigneeId === 'b',
			reopenable: false
		}
	);

test('offers a forward of a verified case if it has none, or if the last one was rejected or closed', () => {
	const offered = [null, ...ESCALATION_STATES].filter((escalationState) => verbs({ escalationState }).escalate);
	expect(offered).toEqual([null, 'rejected', 'closed']);
});

test.each([
	{ channel: 'lapor' },
	{ category: 'integrity' },
	{ status: 'received' },
	{ status: 'needs_info', returnStatus: 'received' }
] as const)('offers no forward if %j', (changes) => expect(verbs(changes).escalate).toBe(false));

test('offers a forward while a question about a verified report is open', () => {
	expect(verbs({ status: 'needs_info', returnStatus: 'verified' }).escalate).toBe(true);
});

test.each([
	[true, { kind: 'suggestion' }],
	[true, { kind: 'information_request' }],
	[false, { kind: 'complaint' }],
	[false, { kind: 'suggestion', category: 'integrity' }],
	[false, { kind: 'suggestion', status: 'verified' }],
	[false, { kind: 'suggestion', assigneeId: 'b' }],
	[true, { kind: 'suggestion', assigneeId: 'left' }]
] as const)('direct answer offered: %s, if %j', (offered, changes) => {
	expect(verbs({ status: 'received', ...changes }).direct).toBe(offered);
});

test('offers no forward and no other office for practice', () => {
	expect(verbs({})).toMatchObject({ escalate: true, handOver: true });
	expect(verbs({ reference: 'UJI-7604-26-000001' })).toMatchObject({ escalate: false, handOver: false });
});
