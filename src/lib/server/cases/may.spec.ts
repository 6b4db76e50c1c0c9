import { expect, test } from 'vitest';
import { ESCALATION_STATES } from '#lib/cases/vocabulary.ts';
import { verbsFor } from './may.ts';

const handler = { accountId: 'a', units: { handler: ['u'], supervisor: [], manager: [], admin: [] } };
const circumstances = { secondPerson: false, draft: null, reopenable: false };
const row = {
	assigneeId: null,
	category: 'time' as const,
	channel: 'web' as const,
	disputes: 0,
	escalationState: null,
	restricted: false,
	handlingUnitId: 'u',
	identity: 'none' as const,
	kind: 'complaint' as const,
	objectionAt: null,
	reporterSealed: null,
	status: 'verified' as const
};
const offers = (changes: Partial<Parameters<typeof verbsFor>[1]>) =>
	verbsFor(handler, { ...row, ...changes }, circumstances).escalate;

test('a verified case that was never forwarded may be', () => {
	expect(offers({})).toBe(true);
});

test('while a forward is open no other is offered; after a rejected or closed one it is', () => {
	const offered = ESCALATION_STATES.filter((escalationState) => offers({ escalationState }));
	expect(offered).toEqual(['rejected', 'closed']);
});

test('what came from LAPOR does not go back, and integrity cases stay inside', () => {
	expect(offers({ channel: 'lapor' })).toBe(false);
	expect(offers({ category: 'integrity' })).toBe(false);
});

test('what nobody has verified is not forwarded', () => {
	expect(offers({ status: 'received' })).toBe(false);
});

test('a suggestion or question that came in is answered with one form; a complaint never, and nothing that has moved on', () => {
	const direct = (changes: Partial<Parameters<typeof verbsFor>[1]>) =>
		verbsFor(handler, { ...row, status: 'received', ...changes }, circumstances).direct;
	expect(direct({ kind: 'suggestion' })).toBe(true);
	expect(direct({ kind: 'information_request' })).toBe(true);
	expect(direct({ kind: 'complaint' })).toBe(false);
	expect(direct({ kind: 'suggestion', status: 'verified' })).toBe(false);
	expect(direct({ kind: 'suggestion', assigneeId: 'b' })).toBe(false);
});
