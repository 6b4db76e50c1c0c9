import { caseFormPage, receiveCase } from '#lib/server/web/forms/case-form.ts';

export const load = (event) => caseFormPage(event, 'complaint');

export const actions = { default: (event) => receiveCase(event, 'complaint') };
