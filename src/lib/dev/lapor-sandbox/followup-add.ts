import { invalid, wrongType, type Context } from './handler.ts';
import { contentType, formBody, json, refusal, type Answer, type Incoming } from './http.ts';
import { institutionNamed } from './records.ts';
import { fileErrors } from './uploads.ts';

const FOLLOWUP_KEYS = [
	'user_id',
	'institution_from_id',
	'institution_to_id',
	'complaint_id',
	'template_code',
	'rating',
	'is_secret',
	'content'
];
const MAY_BE_EMPTY = ['institution_to_id', 'template_code', 'rating'];

/** Takes an answer of the agency. */
export async function addFollowup({ store }: Context, incoming: Incoming): Promise<Answer> {
	if (contentType(incoming) !== 'multipart/form-data') return wrongType('multipart/form-data');
	const form = await formBody(incoming);
	if (!form) return refusal(400, 'The body is not a form.');
	const text = (key: string) => String(form.get(key) ?? '').trim();
	const files = [...form.keys()].filter((key) => /^attachment\[\d+\]$/.test(key)).map((key) => form.get(key));
	const errors = fileErrors('attachment', files);
	for (const key of FOLLOWUP_KEYS)
		if (!form.has(key) || (text(key) === '' && !MAY_BE_EMPTY.includes(key)))
			errors[key] = [`The ${key} field is required.`];
	if (text('content').length > 1000) errors['content'] = ['The content may not be greater than 1000 characters.'];
	if (Object.keys(errors).length > 0) return invalid(errors);
	const report = store.report(Number(text('complaint_id')));
	if (!report) return refusal(404, 'Complaint not found.');
	const named = files.filter((file) => file instanceof File);
	const followup = store.addFollowup(report, {
		content: text('content'),
		institutionFrom: institutionNamed(Number(text('institution_from_id'))).name,
		institutionTo: text('institution_to_id') ? institutionNamed(Number(text('institution_to_id'))).name : '',
		statusOld: null,
		statusNew: null,
		attachments: named.map(({ name }) => ({
			path: `/storage/${name}`,
			file_name: name,
			extension: name.split('.').at(-1) ?? ''
		})),
		by: 'api'
	});
	return json(201, { status: 201, message: 'Success', results: { data: { id: followup.id } } });
}
