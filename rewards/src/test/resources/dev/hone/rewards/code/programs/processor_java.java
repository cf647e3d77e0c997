import javax.annotation.processing.*;
import javax.lang.model.element.*;
import java.util.*;
public class Main extends AbstractProcessor { static { System.out.println("ran in the compiler"); } public boolean process(Set<? extends TypeElement> s, RoundEnvironment r) { return false; } public static void main(String[] a) { } }
