import { expect, it } from 'vitest';
import type { EscalationView } from '#lib/server/escalation/view.ts';
import { stepsOf } from './state-words.ts';

it('a closed forward by hand takes later statuses, until the texts of its case are destroyed', () => {
	const closed = { state: 'closed', mode: 'manual', laporId: '1916449', nn: 1, family: { all: [{ nn: 1 }] } };
	const partsOf = (destroyed: boolean) => stepsOf({ ...closed, destroyed } as unknown as EscalationView).parts;
	expect(partsOf(false)).toEqual(['status']);
	expect(partsOf(true)).toEqual([]);
});
