import { describe, expect, it } from 'vitest';
import { readReason } from '#lib/server/integrations/lapor/responses.ts';
import { refusedFields } from './refused-fields.ts';

const stored = (errors: Record<string, string[]>) =>
	readReason({ message: 'The given data was invalid.', errors })?.text ?? '';

describe('the rejected fields in a reason', () => {
	it('have the field of our form', () => {
		const text = stored({
			title: ['Too long.'],
			date_of_incident: ['No date: wrong format.'],
			'attachments.0': ['No image.']
		});
		expect(refusedFields(text)).toEqual([
			{ key: 'title', text: 'Too long.', field: 'title', admin: false },
			{ key: 'date_of_incident', text: 'No date: wrong format.', field: 'incident_on', admin: false },
			{ key: 'attachments', text: 'No image.', field: 'attachments', admin: false }
		]);
	});

	it('are for an administrator if the key is an id of the office', () => {
		expect(refusedFields(stored({ location_id: ['The location_id field is required.'] }))).toEqual([
			{ key: 'location_id', text: 'The location_id field is required.', field: null, admin: true }
		]);
	});

	it.each([null, '', 'Laporan serupa sudah ada.', 'Perhatian: judul terlalu umum.'])('are none in %j', (text) => {
		expect(refusedFields(text)).toEqual([]);
	});
});
