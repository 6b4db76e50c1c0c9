import { listing } from '../verbs.ts';

export const GET = listing('listOfficers', 'officers');
