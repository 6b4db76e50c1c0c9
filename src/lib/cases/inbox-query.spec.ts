import { expect, test } from 'vitest';
import {
	inboxAddress,
	addListToAddress,
	listQueryOf,
	sameChoice,
	statusesShown,
	DEFAULT_INBOX
} from './inbox-query.ts';
import { readInboxChoice } from './read-inbox-choice.ts';
import { OPEN_STATUSES } from './moves.ts';

const read = (query: string) => readInboxChoice(new URLSearchParams(query));

test('the address without parameters lists all open cases', () => {
	expect(DEFAULT_INBOX).toMatchObject({ status: [], mine: false, unassigned: false });
	expect(inboxAddress(DEFAULT_INBOX)).toBe('/desk');
	expect(statusesShown(DEFAULT_INBOX)).toBe(OPEN_STATUSES);
});

test('reading an address and writing it back gives the same address', () => {
	const address = '/desk?status=received%2Cverified&kind=complaint&due=overdue&unit=mamuju&q=antre&mine=1';
	expect(inboxAddress(read(address.slice(6)))).toBe(address);
});

test('invalid values in an address are dropped', () => {
	expect(read('status=lost&kind=rumour&due=never&unit=&q=%20')).toEqual(DEFAULT_INBOX);
});

test('a search includes all statuses unless one is chosen', () => {
	expect(statusesShown(read('q=loket'))).toBeUndefined();
	expect(statusesShown(read('q=loket&status=closed'))).toEqual(['closed']);
	expect(statusesShown(read('status=all'))).toBeUndefined();
	expect(statusesShown(read('objection=1'))).toEqual(['archived']);
});

test('a later page of a list is the same choice as its first page', () => {
	expect(sameChoice(read('mine=1&after=x'), { ...DEFAULT_INBOX, mine: true })).toBe(true);
	expect(inboxAddress({ ...DEFAULT_INBOX, mine: true }, { after: 'a~1' })).toBe('/desk?mine=1&after=a%7E1');
});

test('pages of a case keep the list from which the case was opened, and nothing else', () => {
	const list = 'q=kursi+patah&after=a~1';
	const opened = addListToAddress('/desk/cases/SPATULA-7604-26-000001', list);
	expect(new URL(opened, 'http://localhost').searchParams.get('list')).toBe(list);
	expect(addListToAddress('/desk/cases/SPATULA-7604-26-000001/archive?reason=duplicate', list)).toMatch(
		/archive\?reason=duplicate&list=q%3Dkursi/
	);
	expect(addListToAddress('/desk', list)).toBe('/desk?q=kursi+patah&after=a%7E1');
	expect(addListToAddress('/desk?done=verified', list)).toBe('/desk?q=kursi+patah&after=a%7E1&done=verified');
	expect(addListToAddress('/desk', 'https://elsewhere.example/#x')).toBe(
		'/desk?https%3A%2F%2Felsewhere.example%2F%23x='
	);
	expect(addListToAddress('/desk/approvals', list)).toBe('/desk/approvals');
	expect(addListToAddress('/desk', null)).toBe('/desk');
});

test('after an action the list keeps its own query, without the outcome', () => {
	const listAt = (address: string) => listQueryOf(new URL(address, 'http://localhost'));
	expect(listAt('/desk?q=kursi+patah&after=a~1&done=verified&of=SPATULA-7604-26-000001&left=3')).toBe(
		'q=kursi+patah&after=a%7E1'
	);
	expect(listAt('/desk?mine=1&taken=A&nothing=picked&gone=B&stored=C')).toBe('mine=1');
	expect(listAt('/desk/cases/SPATULA-7604-26-000001?done=verified&list=q%3Dkursi')).toBe('q=kursi');
	expect(listAt('/desk/approvals?view=mine')).toBeNull();
});
