/** What a project's settings are called; the folder that holds it is the project. */
export const PROJECT_FILE = 'tailor.json';
