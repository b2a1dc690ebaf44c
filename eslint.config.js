import tseslint from 'typescript-eslint'

export default tseslint.config(
  { ignores: ['dist/', 'fixtures/', 'node_modules/'] },
  ...tseslint.configs.strict,
  {
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-require-imports': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, varsIgnorePattern: '^_$' }],
      'max-lines': ['error', 300],
      'no-console': 'error',
    },
  },
  { files: ['test/run.js', '.ci/**'], rules: { 'no-console': 'off' } },
)
