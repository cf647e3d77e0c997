#include <bits/stdc++.h>
using namespace std;
int main() { vector<int> v; int x; while (cin >> x) v.push_back(x); sort(v.begin(), v.end()); for (int y : v) cout << y << " "; cout << endl; }
