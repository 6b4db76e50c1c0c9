import { describe, expect, it } from 'vitest';
import { readReason } from '#lib/server/integrations/lapor/answers.ts';
import { refusedFields } from './refused-fields.ts';

const stored = (errors: Record<string, string[]>) =>
	readReason({ message: 'The given data was invalid.', errors })?.text ?? '';

describe('what a refusal says of single fields', () => {
	it('stands beside the field of the form it speaks of', () => {
		const text = stored({
			title: ['The title may not be greater than 100 characters.'],
			date_of_incident: ['The date_of_incident does not match the format Y-m-d.'],
			'attachments.0': ['The attachments.0 must be an image: a JPEG or a PNG.']
		});
		expect(refusedFields(text)).toEqual([
			{ key: 'title', text: 'The title may not be greater than 100 characters.', field: 'title', admin: false },
			{
				key: 'date_of_incident',
				text: 'The date_of_incident does not match the format Y-m-d.',
				field: 'incident_on',
				admin: false
			},
			{
				key: 'attachments',
				text: 'The attachments.0 must be an image: a JPEG or a PNG.',
				field: 'attachments',
				admin: false
			}
		]);
	});

	it('is an administrator’s where the key is an id of the office', () => {
		expect(refusedFields(stored({ location_id: ['The location_id field is required.'] }))).toEqual([
			{ key: 'location_id', text: 'The location_id field is required.', field: null, admin: true }
		]);
	});

	it.each([null, '', 'Laporan serupa sudah ada.', 'Perhatian: judul terlalu umum.'])('is nothing in %j', (text) => {
		expect(refusedFields(text)).toEqual([]);
	});
});
