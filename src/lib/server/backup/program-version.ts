import packageFile from '../../../../package.json' with { type: 'json' };

/** What stands in an archive as the program that wrote it. */
export const VERSION: string = packageFile.version;
